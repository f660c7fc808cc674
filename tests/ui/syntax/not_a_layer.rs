fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        1 + 1;
        flatten;
        linear(10)
    }
);

//~ fix: 1 + 1; => conv2d(6, kernel_size = 5);
//~ fix: 1 + 1; => relu;
