//! What every engine must do alike: run by each adapter's tests against a real engine.
