fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(receptive_field >= 20)]
    pub fn Net(image: Image<1, 12, 12>) -> Vector<10> {
        let conv1 = conv2d(8, kernel_size = 3);
        relu;
        max_pool2d(2);
        flatten;
        let fc1 = linear(32);
        relu;
        linear(10)
    }
);

//~ no fix (use larger kernels): an image of 12 rows has no 20 to see
//~ fix: receptive_field >= 20 => receptive_field >= 12
