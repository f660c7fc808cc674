fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernel_size = 5);
        conv2d(16, kernel_size = 5, groups = 4);
        flatten;
        linear(10)
    }
);

//~ fix (groups can be 1, 2): groups = 4 => groups = 2
