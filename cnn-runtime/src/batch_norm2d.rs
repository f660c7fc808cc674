//! batch_norm2d
