"""How events look to those who are not on the website: search engines, chats that show a link, other people's pages."""
