"""One pure adapter a platform, and a maker of conversations whose truth is known."""
