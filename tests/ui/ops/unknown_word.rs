fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<2, 4, 4>) -> Image<2, 8, 8> {
        upsample(2, mode = "biliner")
    }
);

//~ fix: biliner" => bilinear"
