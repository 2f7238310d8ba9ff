"""What can be done from the command line, a module for each subject."""
