fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> Image<1, 8, 8> {
        for i in 0..2 {
            #[name("layer{}_{}", i)]
            relu;
            #[name("layer {}", i)]
            relu;
            #[name("same")]
            relu;
        }
    }
);

//~ fix (choose another one): "same" => "same{}", i
//~ fix (write 2 values): "layer{}_{}", i => "layer{}_{}", i, i
//~ fix (`layer_0` is one): "layer {}" => "layer_{}"
