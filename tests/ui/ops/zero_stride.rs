fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernel_size = 5, stride = 0);
        flatten;
        linear(10)
    }
);

//~ fix (write 1): stride = 0 => stride = 1
