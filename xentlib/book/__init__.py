"""What renders the pages of the book; nothing else imports it."""
