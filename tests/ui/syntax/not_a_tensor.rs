fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Picture<1, 28, 28>) -> Vector<10> {
        flatten;
        linear(10)
    }
);

//~ fix (write `Image<C, H, W>` (channels, height, width)): Picture<1, 28, 28> => Image<1, 28, 28>
