"""The vault's own pages: the only place of the sealed room where Django is, in a process that holds no key."""
