fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        max_pool2d(2, padding = 2);
        flatten;
        linear(10)
    }
);

//~ fix (lower padding): padding = 2 => padding = 1
//~ fix (raise kernel_size): max_pool2d(2, => max_pool2d(4,
