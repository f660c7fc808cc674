fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let stem = conv2d(6, kernel_size = 3, padding = 1);
        relu;
        add(stem, { relu });
        add(sten, { relu });
        flatten;
        linear(10)
    }
);

//~ fix: sten => stem
