// Makes a page live: the next version of this file follows.
