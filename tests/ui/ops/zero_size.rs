fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        max_pool2d((2, 0));
        flatten;
        linear(10)
    }
);

//~ fix (write (2, 1)): (2, 0) => (2, 1)
