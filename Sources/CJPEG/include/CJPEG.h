void fd_jpeg_placeholder(void);
