mod blocks {
    cnn::block!(
        pub(crate) fn half(channels: usize) {
            conv2d(channels, kernel_size = 3);
            max_pool2d(2);
        }
    );
}

fn main() {}

cnn::network!(
    use blocks::*;

    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        flatten;
        linear(10)
    }
);

//~ fix (write `use path::{block, other};`): use blocks::*; => use blocks::{half};
