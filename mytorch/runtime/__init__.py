"""What stands between MyTorch and the machine: threads, the allocator, files that are written whole."""
