fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        add(_, { conv2d(6, kernel_size = 3, padding = 1) });
        flatten;
        linear(10)
    }
);

//~ fix (`conv2d(1, kernel_size = 1)`): padding = 1) => padding = 1); conv2d(1, kernel_size = 1)
