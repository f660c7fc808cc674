fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6);
        flatten;
        linear(10)
    }
);

//~ fix (write conv2d(channels, kernel_size)): conv2d(6) => conv2d(6, 3)
