fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(9223372036854775807 + 1, kernel_size = 5);
        flatten;
        linear(10)
    }
);

//~ fix (use smaller numbers): 9223372036854775807 + 1 => 5 + 1
