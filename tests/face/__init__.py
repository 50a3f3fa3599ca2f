"""How events look from outside: drawn pictures, shared links, search engines, other pages."""
