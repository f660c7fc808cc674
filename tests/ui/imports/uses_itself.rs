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

//~ no fix (remove this `use`, and call `half` by its name): this block then calls itself, which is the next error
