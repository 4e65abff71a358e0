#pragma once

/* Sets the C library's heap as a server needs it. Freed buffers of a mebibyte and more go
 * back to the system at once: glibc raises that limit with every one that is freed, and
 * then a server that once had large buffers keeps what lies between them, a hundred
 * megabytes here. */
void heap_suit_server(void);
