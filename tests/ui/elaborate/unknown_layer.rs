fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2(6, kernel_size = 5);
        max_pool2d(99);
        flatten;
        linear(10)
    }
);

//~ fix (a similar name: `conv2d`): conv2( => conv2d( && max_pool2d(99) => max_pool2d(2)
