"""One function per intention of the user: a session in, plain rows or Changes out."""
