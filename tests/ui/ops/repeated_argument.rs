fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, 5, kernel_size = 3);
        flatten;
        linear(10)
    }
);

//~ fix (remove one of them): 6, 5, => 6,
