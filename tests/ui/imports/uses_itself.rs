fn main() {}

mod blocks {
    cnn::block!(
        use self::half as again;

        pub(crate) fn half(channels: usize) {
            conv2d(channels, kernel_size = 3);
            again(channels / 2);
        }
    );
}
