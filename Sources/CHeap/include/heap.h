#pragma once

/* Lets freed buffers of a mebibyte and more go back to the system at once. glibc does so
 * with buffers above a limit, which it raises with every one that is freed; then a server
 * that once had large buffers keeps what lies between them, a hundred megabytes here. */
void heap_return_large_buffers(void);
