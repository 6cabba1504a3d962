"""Elements picked and put by position: gather, scatter, masks, assignment, embedding."""
