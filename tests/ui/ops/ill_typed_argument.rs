fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernel_size = true);
        max_pool2d(2, ceil_mode = 1);
        flatten;
        linear(10)
    }
);

//~ fix (a number, such as 3, or two): kernel_size = true => kernel_size = 3
//~ fix (write `true`): ceil_mode = 1 => ceil_mode = true
