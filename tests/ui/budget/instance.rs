fn main() {
    let _ = (Small::new(1), Large::new(1));
}

cnn::network!(
    #[budget(params <= 1_000 * CLASSES)]
    pub fn Net<const HIDDEN: usize, const CLASSES: usize = 10>(x: Vector<64>) -> Vector<CLASSES> {
        linear(HIDDEN);
        relu;
        linear(CLASSES)
    }

    #[budget(params > 2_000)]
    pub type Small = Net<16>;

    pub type Large = Net<256>;
);

//~ fix (write `params >= 1_210`): params > 2_000 => params >= 1_210
//~ fix (write `params <= 19_210`): params <= 1_000 * CLASSES => params <= 19_210
