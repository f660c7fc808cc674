use cnn::prelude::*;

fn main() {
    let (encoder, decoder) = (Encoder::new(1), Decoder::new(2));
    let images: Vec<Image<1, 28, 28>> = Image::zeros(4);
    let _ = decoder.forward(&encoder.forward(&images));
}

cnn::network!(
    pub fn Encoder(image: Image<1, 28, 28>) -> Vector<16> {
        flatten;
        linear(16)
    }

    pub fn Decoder(code: Vector<32>) -> Vector<784> {
        linear(784)
    }
);

//~ fix: code: Vector<32> => code: Vector<16>
