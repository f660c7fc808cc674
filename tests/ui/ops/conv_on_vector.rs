fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        flatten;
        conv2d(6, kernel_size = 5);
        flatten;
        linear(10)
    }
);

//~ fix (move `conv2d` before `flatten`): flatten;\n        conv2d(6, kernel_size = 5); => conv2d(6, kernel_size = 5);
