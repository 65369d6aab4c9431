plugins { java }

java {
    toolchain { languageVersion = JavaLanguageVersion.of(21) }
}

dependencies {
    implementation("example.marlow:core-kafka:4.2.1")
    implementation("example.marlow:core-payment:7.0.1")
}
