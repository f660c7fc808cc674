fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        let conv1 = conv2d(2, kernel_size = (3, 2), padding = 1);
        max_pool2d(2);
        flatten;
        let fc = linear(3);
    }
);

//~ fix (give the layer the sizes that it was trained with): kernel_size = (3, 2), padding = 1 => kernel_size = 3 && max_pool2d(2);\n        flatten => flatten
