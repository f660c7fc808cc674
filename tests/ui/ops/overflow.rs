fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(16777216, kernel_size = 1);
        conv2d(16777216, kernel_size = 5, padding = 2);
        flatten;
        linear(10)
    }
);

//~ fix (fewer channels or features): conv2d(16777216, kernel_size = 5 => conv2d(16, kernel_size = 5
