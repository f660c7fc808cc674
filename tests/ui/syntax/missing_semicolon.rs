fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        relu
        conv2d(6, kernel_size = 5);
        flatten;
        linear(10)
    }
);

//~ fix (end the layer before it with `;`): relu\n        conv2d => relu;\n        conv2d
