fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/damaged.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        let conv1 = conv2d(2, kernel_size = 3);
        flatten;
        let fc = linear(3);
    }
);

//~ no fix (`safetensors.torch.save_file(model.state_dict(), path)`): the file must be written again
