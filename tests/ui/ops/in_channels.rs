fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernel_size = 5, in_channels = 3);
        flatten;
        linear(10)
    }
);

//~ fix: in_channels = 3 => in_channels = 1
//~ fix (leave it out): , in_channels = 3 =>
