//! Asking an engine for something that takes time.
