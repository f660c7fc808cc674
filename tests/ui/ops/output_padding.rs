fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<2, 4, 4>) -> Image<1, 9, 9> {
        conv_transpose2d(1, kernel_size = 3, stride = 2, output_padding = 2)
    }
);

//~ fix (output_padding at most 1): output_padding = 2 => output_padding = 1 && Image<1, 9, 9> => Image<1, 10, 10>
