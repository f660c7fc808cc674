fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        concat({ conv2d(6, kernel_size = 5) }, { conv2d(6, kernel_size = 3) });
        flatten;
        linear(10)
    }
);

//~ fix (`adaptive_avg_pool2d(24, 24)`): kernel_size = 3) => kernel_size = 3); adaptive_avg_pool2d(24, 24)
