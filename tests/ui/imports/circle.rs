mod down {
    cnn::block!(
        use super::up::double;

        pub(crate) fn half(channels: usize) {
            max_pool2d(2);
            double(channels);
        }
    );
}

mod up {
    cnn::block!(
        use super::down::half;

        pub(crate) fn double(channels: usize) {
            upsample(2);
            half(channels);
        }
    );
}

// Neither has a name to give before it has the other's: rustc stops at both.
fn main() {}
