"""The REST API of registrations: shapes requests and answers; the actions decide."""
