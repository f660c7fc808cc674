fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        for _ in 0..5 {
            conv2d(2, kernel_size = 3, padding = 1);
        }
        flatten;
        let fc = linear(3);
    }
);

//~ no fix (a layer is called by its `let`): this is the file of another network
//~ no fix (those of PyTorch's `state_dict`): this is the file of another network
//~ no fix (is this the file of this network?): this is the file of another network
//~ no fix (add what is missing here, or save without it): this is the file of another network
